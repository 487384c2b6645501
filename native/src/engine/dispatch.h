// Which kernels run on this machine.
#ifndef RECTIFIER_ENGINE_DISPATCH_H
#define RECTIFIER_ENGINE_DISPATCH_H

#include "table.h"

const KernelTable& kernel_table();
const char* instruction_set();
// Whether the environment asks for none or for one that there is.
bool instruction_set_is_as_asked();
const char* instruction_sets();
bool use_instruction_set(const char* name);

#endif
