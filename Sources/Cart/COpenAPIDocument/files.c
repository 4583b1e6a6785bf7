#include "COpenAPIDocument.h"

static const unsigned char yaml[] = {
#embed "Files/openapi.yaml" suffix(, 0)
};

static const unsigned char page[] = {
#embed "Files/docs.html" suffix(, 0)
};

const char *openapi_yaml(void) { return (const char *)yaml; }
const char *openapi_page(void) { return (const char *)page; }
