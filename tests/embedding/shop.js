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

// The names of a plugin's handlers with what it does in them: tests/embedding/plugins.py.
window.startPlugin = ({ steps, once = [], ...options }) => {
  let locked = false;
  const done = new Set();
  const acts = {
    lock: () => checkout.lockSession(),
    lockUnlessLocked: () => (locked ? acts.put() : checkout.lockSession()),
    rememberLock: () => { locked = true; },
    put: async () => {
      await fetch("/put", { method: "POST" });
      locked = false;
      return acts.refresh();
    },
    refresh: () => { checkout.refreshSession(); },
    validate: async (event, callback) => callback(await (await fetch("/validate", { method: "POST" })).json()),
    offer: async (event, callback) => callback(
      await (await fetch("/offer", { method: "POST", body: JSON.stringify(event.session) })).json(),
    ),
    follow: (event) => { window.location = event.href; },
    post: (event) => {
      const form = Object.assign(document.createElement("form"), { method: "post", action: event.href });
      document.body.append(form);
      form.submit();
    },
    destroy: () => checkout.destroy(),
    note: () => {},
  };
  const on = {};
  for (const [name, plan] of Object.entries(steps)) {
    on[name] = async (event, instance, callback) => {
      window.record({ handler: name, data: plain(event) });
      window.checkout ??= instance;
      for (const act of plan) {
        if (once.includes(act) && done.has(act)) continue;
        done.add(act);
        await acts[act](event, callback);
      }
    };
  }
  const container = document.getElementById("checkout");
  return dintero.embed({ container, ...options, ...on }).then((made) => { window.checkout = made; });
};
