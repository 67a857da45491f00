// The seven emotions in the order of the contract, with the colours of every other picture that liveclass draws. They can
// be told apart with a colour vision deficiency, on light and dark grounds.

/** @typedef {{key: string, colour: string}} Emotion */

/** @type {readonly Emotion[]} */
export const EMOTIONS = [
  { key: "EMOTION_ANGER", colour: "#d1383d" },
  { key: "EMOTION_DISGUST", colour: "#6b8e23" },
  { key: "EMOTION_FEAR", colour: "#8e5bb5" },
  { key: "EMOTION_HAPPINESS", colour: "#e8a317" },
  { key: "EMOTION_SADNESS", colour: "#2f7fc1" },
  { key: "EMOTION_SURPRISE", colour: "#13a89e" },
  { key: "EMOTION_NEUTRAL", colour: "#8a8f98" },
];

/**
 * @param {string | undefined} key
 * @returns {string} Its colour as "#rrggbb".
 */
export function colourOf(key) {
  return EMOTIONS.find((emotion) => emotion.key === key)?.colour ?? "#8a8f98";
}
