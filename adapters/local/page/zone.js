// The form for a new chat: offers the reader's own time zone and the zones this browser knows.

const field = document.getElementById("zone");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (own && field.value === field.defaultValue) field.value = own;
const zones = document.getElementById("zones");
for (const name of Intl.supportedValuesOf?.("timeZone") ?? []) {
  const option = document.createElement("option");
  option.value = name;
  zones.append(option);
}
