/* With the C of 1999. */
#include <rectifier.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    float x[5] = {-2, -1, 0, 1, 2}, y[5], dx[5];
    const float expected[5] = {0, 0, 0, 1, 2};
    int32_t relu = 0;
    while (strcmp(rectifier_activation_name(relu), "relu") != 0) {
        if (++relu == rectifier_activation_count()) {
            return 1;
        }
    }
    rectifier_activation_forward_f32(relu, 0, 0, 0, x, y, 5, 1);
    rectifier_activation_backward_f32(relu, 0, 0, 0, 0, x, x, dx, 5, 1);
    printf("%s, %s: relu(%g) = %g\n", rectifier_version(), rectifier_instruction_set(), x[4], y[4]);
    return memcmp(y, expected, sizeof y) == 0 && memcmp(dx, expected, sizeof dx) == 0 ? 0 : 1;
}
