// Messages of the live socket (docs/live-protocol.md), as far as the page reads them.

export interface Instruction {
  code: string;
  text: string;
}

/** Something to be spoken or captioned. */
export interface Phrase extends Instruction {
  kind: string;
}

export interface NumberedPhrase extends Phrase {
  id: number;
}

/** An angle with its standard error, degrees. */
export interface Angle {
  deg: number;
  se: number;
}

/** A repetition that has just ended. */
export interface LiveRep {
  total: number;
  hip_deg: number | null;
  hip_se_deg: number | null;
}

type XY = [x: number, y: number];

export interface StickFigure {
  chain: XY[];
  arm: XY[];
  back: XY[];
}

export interface RepMoment {
  total: number;
  rep: number;
  set: number;
  lumbar_deg: number | null;
  lumbar_se_deg: number | null;
  figure: StickFigure | null;
}

export interface LiveSummary {
  reps: number;
  sets: number;
  reps_by_set: number[];
  praise: { code: string } | null;
  change: { code: string } | null;
  trend_deg_per_rep: number | null;
  best: RepMoment | null;
  worst: RepMoment | null;
}

export interface Finished {
  summary: LiveSummary;
  saved: string | null;
  why: string;
}

/** What stays on the display until it changes. */
export interface LiveState {
  state?: string;
  instruction?: Instruction | null;
  progress?: number;
  set?: number;
  reps?: number;
  total?: number;
  phase?: string;
  hip?: Angle | null;
  lumbar?: Angle | null;
  caption?: Phrase | null;
}

/** One message of the server: of the state only what has changed. */
export interface LiveUpdate extends LiveState {
  seq?: number;
  began?: { lumbar_limit_deg: number | null };
  ticket?: string;
  rep?: LiveRep;
  say?: NumberedPhrase;
  finished?: Finished;
  problem?: { code: string };
}
