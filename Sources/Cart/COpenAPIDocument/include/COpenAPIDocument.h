#ifndef COPENAPIDOCUMENT_H
#define COPENAPIDOCUMENT_H

// The files of this target, which lie in the binary. Each is a text that ends with a zero byte.
const char *_Nonnull openapi_yaml(void);
const char *_Nonnull openapi_page(void);

#endif
