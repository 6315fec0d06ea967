// Requests to the page's own server, with the token of this start of the page.

const token = document.querySelector('meta[name="page-token"]').content;

/** An error whose message is a sentence for the reader. */
export class RequestFailed extends Error {}

/** Send a request and return its response. Throws RequestFailed if there is no successful response. */
export async function callServer(path, { method = "POST", data, signal, keepalive } = {}) {
  const headers = { "X-Page-Token": token, ...(data && { "Content-Type": "application/json" }) };
  const response = await fetch(path, { method, headers, signal, keepalive, body: data && JSON.stringify(data) }).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new RequestFailed("The page's server no longer runs. Start it again: make run, or sidebyside page.");
  });
  if (!response.ok) throw new RequestFailed(await response.text());
  return response;
}
