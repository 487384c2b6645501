package dev.rectifier.benchmarks.contenders;

import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Initializer;
import dev.rectifier.Rectifier;
import dev.rectifier.benchmarks.Functions;
import dev.rectifier.benchmarks.TrainingRate.Case;
import dev.rectifier.network.Adam;
import dev.rectifier.network.Dense;
import dev.rectifier.network.Examples;
import dev.rectifier.network.Network;
import dev.rectifier.network.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Those that train a network of dense layers. */
public enum Learner {
    /** Our networks. */
    RECTIFIER("Rectifier") {
        @Override
        public double secondsPerEpoch(Case trained) {
            Rectifier.setThreads(1);
            Functions.Stack sizes = trained.network();
            List<Dense> layers = sizes.dense(AxisFunction.softmax(), Initializer::heNormal);
            Examples examples =
                    new Examples(
                            trained.features(),
                            trained.columns(),
                            trained.labels(),
                            trained.classes());
            Trainer trainer =
                    new Trainer(
                            new Adam(LEARNING_RATE, 0.9, 0.999, 1e-8),
                            sizes.batch(),
                            trained.epochs() + 1,
                            0);
            List<Long> ends = new ArrayList<>();
            try (Network network = new Network(DType.FLOAT32, trained.columns(), layers, 0)) {
                trainer.fit(
                        network,
                        examples,
                        examples.sample(1),
                        report -> ends.add(System.nanoTime()));
            }
            return (ends.get(trained.epochs()) - ends.get(0)) / 1e9 / trained.epochs();
        }
    },
    /** PyTorch through JavaCPP: automatic derivatives, its own optimizer, batches by an index. */
    PYTORCH("PyTorch") {
        @Override
        public double secondsPerEpoch(Case trained) {
            torch.set_num_threads(1);
            Functions.Stack sizes = trained.network();
            TensorVector parameters = new TensorVector();
            for (int l = 0; l < sizes.layers(); l++) {
                double deviation = Math.sqrt(2.0 / sizes.inputs(l));
                Tensor w = torch.randn(sizes.units(l), sizes.inputs(l));
                w.mul_(new org.bytedeco.pytorch.Scalar(deviation));
                parameters.push_back(w.set_requires_grad(true));
                parameters.push_back(torch.zeros(sizes.units(l)).set_requires_grad(true));
            }
            Tensor x = Tensor.create(trained.features(), trained.rows(), trained.columns());
            long[] classes = IntStream.of(trained.labels()).asLongStream().toArray();
            Tensor labels = Tensor.create(classes, classes.length);
            org.bytedeco.pytorch.Adam adam =
                    new org.bytedeco.pytorch.Adam(parameters, new AdamOptions(LEARNING_RATE));
            epoch(trained, parameters, x, labels, adam);
            long begin = System.nanoTime();
            for (int i = 0; i < trained.epochs(); i++) {
                epoch(trained, parameters, x, labels, adam);
            }
            return (System.nanoTime() - begin) / 1e9 / trained.epochs();
        }

        private void epoch(
                Case trained,
                TensorVector parameters,
                Tensor x,
                Tensor labels,
                org.bytedeco.pytorch.Adam adam) {
            int batch = trained.network().batch();
            try (PointerScope epoch = new PointerScope()) {
                Tensor order = torch.randperm(trained.rows());
                for (int row = 0; row < trained.rows(); row += batch) {
                    try (PointerScope step = new PointerScope()) {
                        int count = Math.min(batch, trained.rows() - row);
                        Tensor chosen = order.narrow(0, row, count);
                        Tensor y = x.index_select(0, chosen);
                        int layers = trained.network().layers();
                        for (int l = 0; l < layers; l++) {
                            TensorOptional bias = new TensorOptional(parameters.get(2 * l + 1));
                            y = torch.linear(y, parameters.get(2 * l), bias);
                            y = l < layers - 1 ? torch.relu(y) : y;
                        }
                        adam.zero_grad();
                        torch.cross_entropy_loss(y, labels.index_select(0, chosen)).backward();
                        adam.step();
                    }
                }
            }
        }
    };

    private static final double LEARNING_RATE = 0.001;

    /** The name of the library. */
    public final String library;

    Learner(String library) {
        this.library = library;
    }

    /** {@return the seconds of an epoch after the first, by the mean} */
    public abstract double secondsPerEpoch(Case trained);
}
