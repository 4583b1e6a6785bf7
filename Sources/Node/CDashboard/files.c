#include "CDashboard.h"

static const unsigned char html[] = {
#embed "Files/page.html" suffix(, 0)
};

static const unsigned char style[] = {
#embed "Files/page.css" suffix(, 0)
};

// The parts of the script, in the order in which they stand in the page. They are one module: a name at the top of
// one is known in the others.
static const unsigned char script[] = {
#embed "Files/format.js" suffix(,)
#embed "Files/parts.js" suffix(,)
#embed "Files/connection.js" suffix(,)
#embed "Files/nodes.js" suffix(,)
#embed "Files/redis.js" suffix(,)
#embed "Files/doctor.js" suffix(,)
#embed "Files/events.js" suffix(,)
#embed "Files/finder.js" suffix(,)
#embed "Files/main.js" suffix(, 0)
};

const char *dashboard_html(void) { return (const char *)html; }
const char *dashboard_style(void) { return (const char *)style; }
const char *dashboard_script(void) { return (const char *)script; }
