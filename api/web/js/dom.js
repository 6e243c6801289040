// Typed access to what a page must contain, and elements made by code.

const SVG = "http://www.w3.org/2000/svg";

/**
 * The first element that matches; one that is missing or of another kind is a mistake of the page.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function findAs(root, selector, type) {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new TypeError(`no ${type.name} at ${selector}`);
  return found;
}

/** The first HTML element that matches. @param {ParentNode} root @param {string} selector */
export const find = (root, selector) => findAs(root, selector, HTMLElement);

/**
 * All elements that match and are of a kind.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T[]}
 */
export const findAllAs = (root, selector, type) =>
  [...root.querySelectorAll(selector)].filter(/** @returns {each is T} */ (each) => each instanceof type);

/** All HTML elements that match. @param {ParentNode} root @param {string} selector */
export const findAll = (root, selector) => findAllAs(root, selector, HTMLElement);

/**
 * The value of a `data-` attribute that must be there.
 * @param {HTMLElement | SVGElement} element
 * @param {string} name in camel case
 * @returns {string}
 */
export function dataOf(element, name) {
  const value = element.dataset[name];
  if (value === undefined) throw new TypeError(`no data of the name ${name}`);
  return value;
}

/**
 * Makes an HTML element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function createElement(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/**
 * Makes an SVG element.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function createSvg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}
