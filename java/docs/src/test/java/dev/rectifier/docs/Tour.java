package dev.rectifier.docs;

import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Memory;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import dev.rectifier.network.Dense;
import dev.rectifier.network.Examples;
import dev.rectifier.network.Network;
import dev.rectifier.network.Optimizer;
import dev.rectifier.network.Trainer;
import java.util.List;

/** The code of the overview of the Javadoc. */
final class Tour {
    private Tour() {}

    static float[] forward() {
        // @start region="forward"
        float[] x = {-2, -1, 0, 1, 2};
        float[] y = new float[5];
        float[] dx = new float[5];
        Elementwise gelu = Elementwise.gelu();
        gelu.forward(x, y);
        gelu.backward(x, new float[] {1, 1, 1, 1, 1}, dx);
        // @end
        return dx;
    }

    static double spans() {
        // @start region="spans"
        try (Memory memory = new Memory()) {
            Span values = memory.allocate(DType.FLOAT32, 1000);
            Initializer.randomNormal(0, 1, 42).initialize(Shape.keras(1000), values);
            Elementwise.relu().forward(values, values);
            return values.slice(990, 10).get(0);
        }
        // @end
    }

    static float[] weights() {
        // @start region="weights"
        Shape kernel = Shape.keras(784, 100);
        float[] first = Initializer.heNormal(42).floats(kernel);
        float[] second = Initializer.heNormal(42).withStream(1).floats(kernel);
        // @end
        return new float[] {first[0], second[0]};
    }

    static double network(Examples training, Examples test) {
        // @start region="network"
        Initializer he = Initializer.heNormal(0);
        List<Dense> layers =
                List.of(
                        new Dense(100, Elementwise.relu(), he),
                        new Dense(training.classes(), AxisFunction.softmax(), he));
        try (Network network = new Network(DType.FLOAT32, training.columns(), layers, 42)) {
            new Trainer(Optimizer.adam(0.01), 32, 100, 42)
                    .fit(network, training, test, report -> {});
            return network.accuracy(test);
        }
        // @end
    }
}
