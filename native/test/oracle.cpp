// A unit of its own, since each formula is compiled for three types.
#include "oracle.h"

#include "oracles/algebraic.h"
#include "oracles/clipped.h"
#include "oracles/exponentials.h"
#include "oracles/gated.h"
#include "oracles/gaussians.h"
#include "oracles/rectifiers.h"
#include "oracles/shrinks.h"
#include "oracles/softplus.h"

const std::vector<Oracle>& oracles() {
    static const std::vector<Oracle> all = [] {
        std::vector<Oracle> lines;
        for (const std::vector<Oracle>& family : {wide::rectifiers_oracles(), wide::clipped_oracles(),
                 wide::shrinks_oracles(), wide::algebraic_oracles(), wide::exponentials_oracles(),
                 wide::softplus_oracles(), wide::gated_oracles(), wide::gaussians_oracles()}) {
            lines.insert(lines.end(), family.begin(), family.end());
        }
        return lines;
    }();
    return all;
}
