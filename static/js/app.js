// What every page of ours runs; each module does one thing and survives htmx's swaps.
import "./time.js";
import "./dialog.js";
import "./menu.js";
import "./toast.js";
import "./connection.js";
import "./copy.js";
import "./pane.js";
