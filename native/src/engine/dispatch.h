// Which kernels run on this machine.
#ifndef RECTIFIER_ENGINE_DISPATCH_H
#define RECTIFIER_ENGINE_DISPATCH_H

#include "table.h"

const KernelTable& kernel_table();
const char* instruction_set();
const char* instruction_sets();
bool use_instruction_set(const char* name);

#endif
