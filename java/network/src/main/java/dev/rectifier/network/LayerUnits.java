package dev.rectifier.network;

/**
 * How many units of a layer have stopped learning.
 *
 * @param layer the number of the layer, from 0
 * @param units the number of units
 * @param dead how many have gradient 0 for every example
 * @param deadForGood whether its dead units stay so; see {@link UnitMonitor}
 * @param meanZeroShare the share of examples for which a unit has gradient 0, mean over all units
 */
public record LayerUnits(
        int layer, int units, int dead, boolean deadForGood, double meanZeroShare) {
    /** {@return the share of units that are dead} */
    public double deadShare() {
        return (double) dead / units;
    }
}
