// The page's words, in the language of the chat: they come with the welcome.

let words = {};

export function learn(all) {
  words = all;
}

// Returns the words under a key with their gaps filled; an empty text where there are none.
export function say(key, fills = {}) {
  return (words[key] ?? "").replace(/\{\{ *(\w+) *\}\}/g, (gap, name) => fills[name] ?? gap);
}
