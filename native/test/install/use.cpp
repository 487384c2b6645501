// In C++, in parallel, which takes the other library that is installed.
#include <rectifier.h>

#include <iostream>
#include <string>
#include <vector>

int main() {
    std::vector<double> serial(1 << 22), parallel(serial.size());
    // The second call finds the team awake.
    for (int32_t threads : {1, 2, 2}) {
        std::vector<double>& to = threads == 1 ? serial : parallel;
        rectifier_fill_normal_f64(0, 1, 42, 0, 0, to.data(), int64_t(to.size()), threads);
    }
    const std::string status = rectifier_parallel_status();
    std::cout << rectifier_version() << ", in parallel: " << status << "\n";
    return serial == parallel && serial[0] != serial[1] && status == "loaded" ? 0 : 1;
}
