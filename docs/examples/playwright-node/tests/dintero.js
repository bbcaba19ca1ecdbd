// The merchant's calls to Dintero, and the tester's to the sandbox. Node's own fetch is enough.

const { MOCK_DINTERO_URL, DINTERO_CLIENT_ID, DINTERO_CLIENT_SECRET } = process.env;
if (!MOCK_DINTERO_URL) {
  throw new Error("MOCK_DINTERO_URL is not set: run `mock-dintero exec -- npx playwright test`");
}

async function call(path, { method = "GET", token, basic, body } = {}) {
  const authorization = token ? `Bearer ${token}` : basic && `Basic ${btoa(basic)}`;
  const answer = await fetch(MOCK_DINTERO_URL + path, {
    method,
    headers: {
      "content-type": "application/json",
      ...(authorization && { authorization }),
    },
    body: body && JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(json.error ?? json)}`);
  return json;
}

// Any account id works and comes into being when it is used: each test has its own.
export class Account {
  constructor() {
    this.id = `T${10_000_000 + Math.floor(Math.random() * 89_999_999)}`;
  }

  async token() {
    const path = `/v1/accounts/${this.id}`;
    this.granted ??= await call(`${path}/auth/token`, {
      method: "POST",
      basic: `${DINTERO_CLIENT_ID || "mock-client-id"}:${DINTERO_CLIENT_SECRET || "mock-client-secret"}`,
      body: { grant_type: "client_credentials", audience: `https://api.dintero.com${path}` },
    });
    return this.granted.access_token;
  }

  async createSession(body) {
    return call("/v1/sessions-profile", { method: "POST", token: await this.token(), body });
  }

  async session(id) {
    return call(`/v1/sessions/${id}`, { token: await this.token() });
  }

  async transaction(id) {
    return call(`/v1/transactions/${id}`, { token: await this.token() });
  }

  // The tester's API: no token.
  async tester(method, path, body) {
    return call(`/_mock/api/v1/${path}?account=${this.id}`, { method, body });
  }
}
