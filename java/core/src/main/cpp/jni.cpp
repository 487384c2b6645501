// JavaCPP's JNI_OnLoad initializes its class Pointer, which starts a thread and unpacks and loads a library of
// JavaCPP's, all for field IDs that the wrappers generated for us never use. Hence it is included under another name
// here, and ours finds what they do use: strings and the position of a buffer.
#define JNI_OnLoad rectifier_unused_JNI_OnLoad
#define JNI_OnUnload rectifier_unused_JNI_OnUnload
#include "jnirectifier.cpp"
#undef JNI_OnLoad
#undef JNI_OnUnload

extern "C" {

// The unused function above calls these two.
jint JNICALL JNI_OnLoad_jnijavacpp(JavaVM*, void*) { return JNI_ERR; }
void JNICALL JNI_OnUnload_jnijavacpp(JavaVM*, void*) {}

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void*) {
    JNIEnv* env = nullptr;
    if (vm->GetEnv(reinterpret_cast<void**>(&env), JNI_VERSION_1_6) != JNI_OK) {
        return JNI_ERR;
    }
    jclass string = env->FindClass("java/lang/String");
    jclass buffer = env->FindClass("java/nio/Buffer");
    if (string == nullptr || buffer == nullptr) {
        return JNI_ERR;
    }
    JavaCPP_stringMID = env->GetMethodID(string, "<init>", "([B)V");
    JavaCPP_getBytesMID = env->GetMethodID(string, "getBytes", "()[B");
    JavaCPP_bufferPositionFID = env->GetFieldID(buffer, "position", "I");
    bool found = JavaCPP_stringMID != nullptr && JavaCPP_getBytesMID != nullptr && JavaCPP_bufferPositionFID != nullptr;
    return found ? JNI_VERSION_1_6 : JNI_ERR;
}
}
