// The page's language for dates and numbers: English as Britain writes it, and everywhere the digits of the other texts.
const tag = document.documentElement.lang || "en";

export const language = `${tag === "en" ? "en-GB" : tag}-u-nu-latn`;
