// What the service answers, as far as the pages read it.

export type RecordingState = "queued" | "analysing" | "done" | "refused" | "failed" | "removed";

export interface Shape {
  kind: "line" | "arrow" | "angle" | "freehand";
  colour?: string;
  /** Shares of the filmed picture. */
  points: Point[];
}

export type Point = [x: number, y: number];

export interface Drawing {
  shapes: Shape[];
}

export interface Rep {
  rep: number;
  start_s: number;
  bottom_s: number;
  end_s: number;
  score: number | null;
  score_se: number | null;
  faults: string[];
}

export type RepTimes = Pick<Rep, "start_s" | "bottom_s" | "end_s">;
export type Bound = keyof RepTimes;

/** As far as the review page reads it. */
export interface Report {
  reps: Rep[];
  faults: { code: string; reps: number[] }[];
  summary: { score: number | null; score_se: number | null };
  view: { near_side: string | null };
  provenance?: { trim_s?: [number | null, number | null] | null };
  protocol: { limits: Record<string, number> };
}

type Column = (number | null)[];

/** `GET /recordings/{id}/overlay`: a column per quantity, a row per analysed frame. */
export interface Overlay {
  width: number;
  height: number;
  fps: number;
  facing: string;
  names: string[];
  time_s: number[];
  phase: string | string[];
  hip_deg: Column;
  hip_se_deg: Column;
  lumbar_deg: Column;
  lumbar_se_deg: Column;
  knee_deg: Column;
  trunk_deg: Column;
  body: (Column | null)[] | null;
  back: (Column | null)[] | null;
}

export interface Comment {
  time_s: number | null;
  text: string;
  drawing: Drawing | null;
}

interface Reasoned {
  reason?: string;
}

export interface SideCorrection extends Reasoned {
  kind: "side";
  side: string;
}

export interface TrimCorrection extends Reasoned {
  kind: "trim";
  start_s: number;
  end_s: number;
}

export interface RepCorrection extends Reasoned, Partial<RepTimes> {
  kind: "rep";
  /** Null for a repetition that was not found. */
  rep: number | null;
  is_none?: boolean;
}

export interface FaultCorrection extends Reasoned {
  kind: "fault";
  code: string;
  reps?: number[] | null;
}

export type Correction = SideCorrection | TrimCorrection | RepCorrection | FaultCorrection;

/** What the form of a review holds and `PUT …/reviews/{id}` takes. */
export interface ReviewForm {
  summary: string;
  verdict: string | null;
  comments: Comment[];
  corrections: Correction[];
}

export interface Review {
  id: string;
  state: "draft" | "published";
  version: number;
  updated_at: string;
  summary: string;
  verdict: string | null;
  comments: Comment[];
  corrections: { corrected: Correction }[];
}

interface RhythmBand {
  low: Column;
  median: Column;
  high: Column;
}

/** `GET /clients/{id}/rhythm`. */
export interface UsualRhythm {
  trunk_deg: number[];
  usual_hip: RhythmBand;
  usual_lumbar: RhythmBand;
}

/** The answers of a check-in; what was left out is left out. */
export interface Checkin {
  pain_before?: number;
  pain_worst?: number;
  pain_after?: number;
  rpe?: number;
  load_kg?: number;
  stopped_early?: string;
  note?: string;
}
