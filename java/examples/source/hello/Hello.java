package hello;

import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Rectifier;
import dev.rectifier.Shape;
import java.util.Arrays;

/** The weights of a layer through a leaky ReLU. */
public class Hello {
    public static void main(String[] arguments) {
        float[] weights = Initializer.heNormal(42).floats(Shape.keras(784, 100));
        float[] y = new float[weights.length];
        Elementwise.leakyRelu(0.25).forward(weights, y);

        System.out.println("backend: " + Rectifier.info().backend());
        System.out.println("weights: " + Arrays.toString(Arrays.copyOf(weights, 4)));
        System.out.println("leakyRelu: " + Arrays.toString(Arrays.copyOf(y, 4)));
        System.out.println("hashes: " + Arrays.hashCode(weights) + ", " + Arrays.hashCode(y));
    }
}
