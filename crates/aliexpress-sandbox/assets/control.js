// Sends the forms of the control page as JSON, which is all the control API accepts.
"use strict";

const said = document.getElementById("said");

function body(form) {
  const fields = {};
  for (const input of form.querySelectorAll("[name]")) {
    const value = input.value.trim();
    if (value === "") continue;
    if ("match" in input.dataset) fields.match = { method: value };
    else fields[input.name] = "number" in input.dataset ? Number(value) : value;
  }
  return fields;
}

for (const form of document.querySelectorAll("form[data-path]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.dataset.path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body(form)),
    });
    if (answer.ok) location.reload();
    else said.textContent = (await answer.json()).error;
  });
}
