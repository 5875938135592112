// The portal's behaviour: each module listens on the document, so that swapped-in parts need no set-up.
import "./toast.js";
import "./form.js";
import "./dialog.js";
import "./rows.js";
import "./combobox.js";
import "./scan.js";
import "./keyboard.js";
import "./review.js";
import "./board.js";
import "./polling.js";
