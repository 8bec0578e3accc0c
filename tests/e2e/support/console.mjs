// leadkeep's lines in the console end with a link to what helps, by the code of the error.

const LINK = / https:\/\/github\.com\/leadkeep\/leadkeep#([a-z]+\/[a-z]+)$/;

/** A line without its link: tests compare the words. */
export const words = (line) => line.replace(LINK, "");

/** The code that a line of leadkeep's links to. */
export const linked = (line) => LINK.exec(line)?.[1];
