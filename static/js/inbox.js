// The inbox: a list, a thread and a customer that stay true by one stream for all tabs.
import "./inbox_stream.js";
import "./inbox_list.js";
import "./inbox_open.js";
import "./inbox_thread.js";
import "./inbox_composer.js";
import "./inbox_keys.js";
import "./inbox_notify.js";
import "./inbox_notices.js";
import "./inbox_countdown.js";
import "./inbox_why.js";
