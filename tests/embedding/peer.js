// What SDKs newer than 0.8.30 add, and no more: AddressCallback and TopLevelNavigation (sessions.md 14.2, 14.3, 14.5).

window.start = ({ sid, endpoint, hears = [], answer = null }) => {
  const origin = new URL(endpoint).origin;
  const iframe = document.createElement("iframe");
  const query = new URLSearchParams({ sdk: "0.14.0", ui: "inline", client_side_address_callback: "true", sid });
  iframe.setAttribute("style", "width:100%; height:0;");
  iframe.setAttribute("sandbox", "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-top-navigation");
  iframe.src = `${endpoint}/?${query}`;
  const say = (message) => iframe.contentWindow.postMessage(message, origin);
  const reactions = {
    HeightChanged({ height }) { iframe.setAttribute("style", `width:100%; height:${height}px;`); },
    TopLevelNavigation({ href }) { window.location.assign(href); },
    AddressCallback() {
      window.answer = (result) => say({ type: "AddressCallbackResult", sid, ...result });
      if (answer) window.answer(answer);
    },
  };
  window.addEventListener("message", ({ data, source, origin: from }) => {
    if (from !== origin || source !== iframe.contentWindow || data?.sid !== sid || !hears.includes(data.type)) return;
    if (data.mid) say({ ack: data.mid });
    (window.peer?.[data.type] ?? reactions[data.type])(data);
  });
  document.getElementById("checkout").append(iframe);
};
