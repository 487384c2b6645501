// What JavaCPP generated, without its JNI_OnLoad (JniSource.java says why): ours finds what the functions use, strings.
#include "jnirectifier.cpp"

#include <cstdlib>

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void*) {
    JNIEnv* env = nullptr;
    if (vm->GetEnv(reinterpret_cast<void**>(&env), JNI_VERSION_1_6) != JNI_OK) {
        return JNI_ERR;
    }
    jclass string = env->FindClass("java/lang/String");
    if (string == nullptr) {
        return JNI_ERR;
    }
    JavaCPP_stringMID = env->GetMethodID(string, "<init>", "([B)V");
    JavaCPP_getBytesMID = env->GetMethodID(string, "getBytes", "()[B");
    return JavaCPP_stringMID != nullptr && JavaCPP_getBytesMID != nullptr ? JNI_VERSION_1_6 : JNI_ERR;
}

// The class loader has been collected, so that no call is under way, and the code is about to be unmapped. Pinning it
// instead would keep the code and the threads of each copy of the library, and a redeployment often needs a copy, since
// the application before it hasn't been collected yet.
extern "C" JNIEXPORT void JNICALL JNI_OnUnload(JavaVM*, void*) { rectifier_end_threads(); }

extern "C" JNIEXPORT jlong JNICALL Java_dev_rectifier_binding_BufferAddress_ofDirect(
    JNIEnv* env, jclass, jobject buffer) {
    return jlong(reinterpret_cast<intptr_t>(env->GetDirectBufferAddress(buffer)));
}

extern "C" JNIEXPORT jboolean JNICALL Java_dev_rectifier_binding_NativeLibrary_isNativeAccessEnabled(
    JNIEnv* env, jclass, jobject module) {
    jclass type = env->FindClass("java/lang/Module");
    jmethodID question = type == nullptr ? nullptr : env->GetMethodID(type, "isNativeAccessEnabled", "()Z");
    if (question == nullptr) {
        env->ExceptionClear();
        return JNI_FALSE;
    }
    return env->CallBooleanMethod(module, question);
}

// The natives of NativeMemory. Its pool is static, so that it costs nothing before it is used, can't be missing, and
// goes with the library.
namespace {
constexpr int block_count = 64;
constexpr int block_bytes = 1 << 16;
alignas(64) char blocks[block_count][block_bytes];
}  // namespace

extern "C" JNIEXPORT jlong JNICALL Java_dev_rectifier_binding_NativeMemory_blocks(JNIEnv*, jclass) {
    return jlong(reinterpret_cast<intptr_t>(blocks));
}

extern "C" JNIEXPORT jlong JNICALL Java_dev_rectifier_binding_NativeMemory_allocate(JNIEnv*, jclass, jlong bytes) {
    // size_t has all bits of a jlong on each platform that there is a library for.
    return jlong(reinterpret_cast<intptr_t>(std::malloc(size_t(bytes))));
}

extern "C" JNIEXPORT void JNICALL Java_dev_rectifier_binding_NativeMemory_free(JNIEnv*, jclass, jlong address) {
    std::free(reinterpret_cast<void*>(intptr_t(address)));
}

extern "C" JNIEXPORT jobject JNICALL Java_dev_rectifier_binding_NativeMemory_view(
    JNIEnv* env, jclass, jlong address, jlong bytes) {
    return env->NewDirectByteBuffer(reinterpret_cast<void*>(intptr_t(address)), bytes);
}

// The natives of Hold, which says why.
namespace {
jmethodID acquire = nullptr;
jmethodID release = nullptr;
jmethodID scope_of_buffer = nullptr;
}  // namespace

extern "C" JNIEXPORT jclass JNICALL Java_dev_rectifier_binding_Hold_find(JNIEnv* env, jclass) {
    jclass buffer = env->FindClass("java/nio/Buffer");
    if (buffer == nullptr) {
        return nullptr;
    }
    jclass session = env->FindClass("jdk/internal/foreign/MemorySessionImpl");
    acquire = session == nullptr ? nullptr : env->GetMethodID(session, "acquire0", "()V");
    release = acquire == nullptr ? nullptr : env->GetMethodID(session, "release0", "()V");
    scope_of_buffer = release == nullptr
                          ? nullptr
                          : env->GetMethodID(buffer, "session", "()Ljdk/internal/foreign/MemorySessionImpl;");
    if (scope_of_buffer != nullptr) {
        return session;
    }
    env->ExceptionClear();
    return nullptr;
}

extern "C" JNIEXPORT jobject JNICALL Java_dev_rectifier_binding_Hold_scope(JNIEnv* env, jclass, jobject buffer) {
    return env->CallObjectMethod(buffer, scope_of_buffer);
}

extern "C" JNIEXPORT void JNICALL Java_dev_rectifier_binding_Hold_acquire(JNIEnv* env, jclass, jobject scope) {
    env->CallVoidMethod(scope, acquire);
}

extern "C" JNIEXPORT void JNICALL Java_dev_rectifier_binding_Hold_release(JNIEnv* env, jclass, jobject scope) {
    env->CallVoidMethod(scope, release);
}
