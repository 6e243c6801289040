// Mean brightness of a video's picture.

/**
 * Makes a meter that reads the picture reduced to 32 × 18 pixels.
 * @param {HTMLVideoElement} video
 * @returns {() => number} mean luma, 0..255
 */
export function createBrightnessMeter(video) {
  const small = document.createElement("canvas");
  [small.width, small.height] = [32, 18];
  const pixels = small.getContext("2d", { willReadFrequently: true });
  if (!pixels) throw new Error("no canvas");
  return () => {
    pixels.drawImage(video, 0, 0, small.width, small.height);
    const { data } = pixels.getImageData(0, 0, small.width, small.height);
    let sum = 0;
    for (let k = 0; k < data.length; k += 4) sum += 0.299 * data[k] + 0.587 * data[k + 1] + 0.114 * data[k + 2];
    return (4 * sum) / data.length;
  };
}
