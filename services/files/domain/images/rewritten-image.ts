import { refuse } from '../refusal';

/** An image as it is kept: its container rewritten without metadata, what is seen untouched. */
export interface RewrittenImage {
  readonly bytes: Buffer;
  /** As stored; a JPEG may be shown turned. */
  readonly width: number;
  readonly height: number;
}

/** Chunks, segments or blocks that are walked; one of the largest files has some thousands. */
export const MAX_PARTS = 50_000;

/** An animation may have this many times the pixels of a still image, over all its frames. */
const ANIMATION_FACTOR = 4;

/** Counts pixels as the headers claim them, before anything is decoded. */
export interface PixelBudget {
  /** The canvas. */
  readonly spendCanvas: (width: number, height: number) => void;
  /** A frame of an animation. */
  readonly spendFrame: (width: number, height: number) => void;
}

export const pixelBudget = (maxPixels: number): PixelBudget => {
  let left = maxPixels * ANIMATION_FACTOR;
  return {
    spendCanvas: (width, height) => {
      if (width === 0 || height === 0) refuse('image_broken');
      if (width * height > maxPixels) refuse('image_too_large');
    },
    spendFrame: (width, height) => {
      if (width === 0 || height === 0) refuse('image_broken');
      left -= width * height;
      if (left < 0) refuse('image_too_large');
    },
  };
};
