package hello;

import dev.rectifier.Elementwise;
import dev.rectifier.Span;
import org.bytedeco.javacpp.FloatPointer;

/** JavaCPP's pointers, which take JavaCPP's own natives to make. */
public class Pointers {
    public static void main(String[] arguments) {
        try (FloatPointer x = new FloatPointer(-2, 3);
                FloatPointer y = new FloatPointer(2)) {
            Elementwise.leakyRelu(0.25).forward(Span.of(x), Span.of(y));
            System.out.println("leakyRelu: " + y.get(0) + ", " + y.get(1));
        }
    }
}
