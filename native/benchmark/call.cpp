// The same calls from C++, with the static library.
#include "call.c"
