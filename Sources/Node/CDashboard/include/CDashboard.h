#ifndef CDASHBOARD_H
#define CDASHBOARD_H

// The files of this target, which lie in the binary. Each is a text that ends with a zero byte.
const char *_Nonnull dashboard_html(void);
const char *_Nonnull dashboard_style(void);
const char *_Nonnull dashboard_script(void);

#endif
