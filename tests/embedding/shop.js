// A shop's page: embeds the checkout, writes down what its handlers are called with, and answers as it is told.

const plain = (event) => JSON.parse(JSON.stringify(event));

// `answers` says by handler what to do: {later: true} keeps the callback, {post: "/path"} asks the shop's
// server and hands on what that says, {result: {...}} answers at once, {throws: true} breaks.
window.start = async ({ handlers = [], answers = {}, ...options }) => {
  const on = {};
  for (const name of handlers) {
    on[name] = (event, checkout, callback) => {
      window.record({ handler: name, data: plain(event) });
      if (answers[name]?.throws) throw new Error("the shop's script is broken");
      return answer(answers[name] ?? {}, event, checkout, callback);
    };
  }
  const container = document.getElementById("checkout");
  window.checkout = await dintero.embed({ container, ...options, ...on });
};

const answer = async (how, event, checkout, callback) => {
  if (how.result) callback(how.result);
  if (how.later) window.callback = callback;
  if (how.post) {
    const body = JSON.stringify(event.session ?? event);
    const said = await (await fetch(how.post, { method: "POST", body })).json();
    callback?.(said);
  }
  if (how.destroy) checkout.destroy();
};

// A plugin as data: by handler, which of these it does (tests/embedding/plugins.py).
window.startPlugin = async ({ plan, ...options }) => {
  let isLocked = false;
  const ask = async (path) => (await fetch(path, { method: "POST" })).json();
  const acts = {
    lock: () => checkout.lockSession().catch(() => {}),
    rememberLock: () => { isLocked = true; },
    async put() {
      await ask("/put");
      isLocked = false;
      checkout.refreshSession();
    },
    lockAndPut: () => checkout.lockSession().then(acts.put),
    updateOnAddress: ({ session }) => session.order.billing_address && (isLocked ? acts.put() : acts.lock()),
    async validate(event, callback) { callback(await ask("/validate")); },
    async validateOrUpdate(event, callback) {
      const result = await ask("/validate");
      if (!result.success) acts.lockAndPut();
      callback(result);
    },
    goThere: ({ href }) => { window.location = href; },
    postThere({ href }) {
      const form = Object.assign(document.createElement("form"), { method: "post", action: href });
      document.body.append(form);
      form.submit();
    },
    destroy: () => checkout.destroy(),
  };
  const on = {};
  for (const [name, steps] of Object.entries(plan)) {
    on[name] = (event, instance, callback) => {
      window.record({ handler: name, data: plain(event) });
      window.checkout = instance;
      for (const step of steps) acts[step](event, callback);
    };
  }
  const { ready, ...handlers } = on;
  const container = document.getElementById("checkout");
  window.checkout = await dintero.embed({ container, ...options, ...handlers });
  ready?.({}, window.checkout);
};
