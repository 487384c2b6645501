package dev.rectifier.binding;

import org.bytedeco.javacpp.annotation.CriticalRegion;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * Tells JavaCPP how to make {@code RectifierNative}, which extends this class, of {@code
 * rectifier.h}. Each function on arrays becomes two methods: one takes addresses, which costs
 * nothing to pass, and one takes arrays, which are pinned and not copied.
 */
@Properties(
        target = "dev.rectifier.binding",
        global = "dev.rectifier.binding.RectifierNative",
        // A C header: its functions throw nothing, so nothing is caught.
        value = @Platform(cinclude = "rectifier.h", library = "jnirectifier"))
@CriticalRegion
public class RectifierConfig implements InfoMapper {
    @Override
    public void map(InfoMap infoMap) {
        infoMap.put(new Info("RECTIFIER_API").cppTypes().annotations());
        infoMap.put(addressOrArray("float", "float[]"));
        infoMap.put(addressOrArray("double", "double[]"));
        infoMap.put(addressOrArray("uint16_t", "@Cast(\"uint16_t*\") short[]"));
        infoMap.put(new Info("const char").pointerTypes("String"));
        infoMap.put(new Info("const void").pointerTypes("java.nio.Buffer"));
        // The letters of a path have other bytes than those of a String where file.encoding
        // differs.
        infoMap.put(
                new Info("rectifier_set_parallel_library")
                        .javaText(
                                "@NoException public static native void"
                                        + " rectifier_set_parallel_library("
                                        + "@Cast(\"const char*\") byte[] path);"));
    }

    private static Info addressOrArray(String type, String array) {
        return new Info(type).valueTypes(type).pointerTypes("@Cast(\"" + type + "*\") long", array);
    }
}
