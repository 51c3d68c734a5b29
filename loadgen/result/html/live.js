"use strict";
// The page is drawn by the generator, once a second; here it is put in place.
const content = document.getElementById("content"), state = document.getElementById("state");
const source = new EventSource("events");
source.onmessage = (ev) => {
  state.textContent = "";
  content.innerHTML = JSON.parse(ev.data); // made by html/template, which escapes what servers said
};
source.addEventListener("over", () => { source.close(); state.textContent = "The test is over. The report has the rest."; });
source.onerror = () => { state.textContent = "The generator does not answer."; };
