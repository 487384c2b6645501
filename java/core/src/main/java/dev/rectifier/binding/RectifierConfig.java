package dev.rectifier.binding;

import org.bytedeco.javacpp.annotation.CriticalRegion;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/** Tells JavaCPP how to turn {@code rectifier.h} into {@code RectifierNative}. */
@Properties(
        target = "dev.rectifier.binding",
        global = "dev.rectifier.binding.RectifierNative",
        value = @Platform(cinclude = "rectifier.h", library = "jnirectifier"))
@CriticalRegion
public class RectifierConfig implements InfoMapper {
    @Override
    public void map(InfoMap infoMap) {
        infoMap.put(new Info("RECTIFIER_API").cppTypes().annotations())
                .put(
                        new Info("float")
                                .valueTypes("float")
                                .pointerTypes("@Cast(\"float*\") long", "float[]"))
                .put(
                        new Info("double")
                                .valueTypes("double")
                                .pointerTypes("@Cast(\"double*\") long", "double[]"))
                .put(new Info("const char").pointerTypes("String"))
                .put(new Info("const void").pointerTypes("java.nio.Buffer"));
    }
}
