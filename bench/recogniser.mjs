// leadkeep as the scorer of the labelled pages wants a recogniser. It is the scorer's own, but for details that the pages
// have no labels for (a tax id, a house number, a telephone prefix): the scorer stops at a name it does not know.

import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.env.LEADKEEP_FORMS;
const load = (...path) => import(pathToFileURL(join(folder, ...path)));
const own = await load("recognisers", "leadkeep.mjs");
const { FIELDS } = await load("lib", "corpus.mjs");

export const { name, bypassCSP, prepare } = own;

export const recognise = async (page) => (await own.recognise(page)).filter(({ field }) => FIELDS.includes(field));
