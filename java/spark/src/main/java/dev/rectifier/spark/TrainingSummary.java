package dev.rectifier.spark;

import java.io.Serializable;
import java.util.List;

/** How a training went. Immutable. */
public final class TrainingSummary implements Serializable {
    private static final long serialVersionUID = 1L;

    private final double[] objectiveHistory;
    private final double[] validationHistory;
    private final int evaluations;

    TrainingSummary(List<Double> objective, List<Double> validation, int evaluations) {
        objectiveHistory = objective.stream().mapToDouble(v -> v).toArray();
        validationHistory = validation.stream().mapToDouble(v -> v).toArray();
        this.evaluations = evaluations;
    }

    /** The objective at the first weights, and after each iteration. */
    public double[] objectiveHistory() {
        return objectiveHistory.clone();
    }

    /** The mean loss of the rows to validate by, likewise; empty if there are none. */
    public double[] validationHistory() {
        return validationHistory.clone();
    }

    /** How many iterations there were. */
    public int totalIterations() {
        return objectiveHistory.length - 1;
    }

    /** How often the gradient of all rows was computed. */
    public int evaluations() {
        return evaluations;
    }
}
