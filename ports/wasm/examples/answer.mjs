// An answer that always parses, and how sure the model is of it.
import { Model } from 'ringlet';

const bytes = async (address) => (await fetch(address)).arrayBuffer();
const model = await Model.load(await fetch('storyteller.ringlet')); // converted with --token-trie
const grammar = await bytes('pets.rglg'); // of ringlet-grammar
const lists = await bytes('pets.words'); // words that it names, which can change from page to page
const session = model.createSession({ grammar, lists, temperature: 0 });
const { text, confidence } = session.answer('the old dog ran home');
document.body.append(confidence < 0.5 ? `not sure: ${text}` : JSON.parse(text).pet);
