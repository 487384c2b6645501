#ifndef RECTIFIER_ACTIVATIONS_PARAMETERS_H
#define RECTIFIER_ACTIVATIONS_PARAMETERS_H

// What a functor is made from: the parameters in the order of the Java registry. Unused ones are 0.
struct Parameters {
    double p[3];
};

// How dear an element is, which decides from how many elements on a call goes parallel.
enum class Cost { piecewise_linear, exponential };

#endif
