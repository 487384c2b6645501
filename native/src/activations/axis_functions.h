// All functions along an axis. To add one, add its struct here; nothing else in the native code lists them.
#ifndef RECTIFIER_ACTIVATIONS_AXIS_FUNCTIONS_H
#define RECTIFIER_ACTIVATIONS_AXIS_FUNCTIONS_H

#include "family.h"
#include "softmax.h"
#include "sparsemax.h"

namespace {

using AxisFunctions = Family<Softmax, LogSoftmax, Softmin, Sparsemax, Hardmax>;

}  // namespace

#endif
