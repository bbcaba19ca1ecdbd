// Where Dintero is, who the shop is there, and where the shop itself is seen from outside.

const NAMES = ["API_URL", "CHECKOUT_URL", "ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET", "PROFILE_ID", "SIGNATURE_SECRET"];

/** The `DINTERO_*` variables; throws an Error that names all that are missing. */
export function settingsFrom(environment) {
  const missing = NAMES.map((name) => `DINTERO_${name}`).filter((name) => !environment[name]);
  if (missing.length) throw new Error(`Set these environment variables first: ${missing.join(", ")}`);
  return {
    apiUrl: bare(environment.DINTERO_API_URL),
    checkoutUrl: bare(environment.DINTERO_CHECKOUT_URL),
    accountId: environment.DINTERO_ACCOUNT_ID,
    clientId: environment.DINTERO_CLIENT_ID,
    clientSecret: environment.DINTERO_CLIENT_SECRET,
    profileId: environment.DINTERO_PROFILE_ID,
    signatureSecret: environment.DINTERO_SIGNATURE_SECRET,
  };
}

export function bare(url) {
  return url.replace(/\/+$/, "");
}
