// How the page asks its own server: with the token of this start, and a sentence for whatever goes wrong.

const token = document.querySelector('meta[name="page-token"]').content;

export class Refused extends Error {}

/** Ask, and return the response. Refused, with a sentence to show, where there is none to use. */
export async function ask(path, { method = "POST", data, signal, keepalive } = {}) {
  const headers = { "X-Page-Token": token, ...(data && { "Content-Type": "application/json" }) };
  const response = await fetch(path, { method, headers, signal, keepalive, body: data && JSON.stringify(data) }).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new Refused("The page's own server is gone. Start it again: make run, or sidebyside page.");
  });
  if (!response.ok) throw new Refused(await response.text());
  return response;
}
