# Builds LLVM's OpenMP runtime for a platform, from the archive that `apt-get source --download-only llvm-toolchain-19`
# leaves (Apache-2.0 with LLVM Exceptions):
#
#   cmake -D RECTIFIER_PLATFORM=linux-arm64 -D RECTIFIER_ZIG=/path/to/zig -D LLVM=llvm-toolchain-19_19.1.7.orig.tar.xz
#         -D OUT=directory -P native/cross/openmp.cmake
#
# OUT/<platform> then has the library and omp.h: what RECTIFIER_OPENMP_LIBRARY asks for. Needs Debian's llvm and ninja-build.
cmake_minimum_required(VERSION 3.22)
foreach(given RECTIFIER_PLATFORM RECTIFIER_ZIG LLVM OUT)
  if(NOT ${given})
    message(FATAL_ERROR "${given} is not given")
  endif()
endforeach()
get_filename_component(OUT ${OUT} ABSOLUTE)

if(NOT EXISTS ${OUT}/source)
  file(ARCHIVE_EXTRACT INPUT ${LLVM} DESTINATION ${OUT}/extracted
    PATTERNS llvm-toolchain-*/openmp/* llvm-toolchain-*/cmake/Modules/*)
  file(GLOB root ${OUT}/extracted/*)

  # Its one resource is a version number, for which a resource compiler would have to be installed.
  set(list ${root}/openmp/runtime/src/CMakeLists.txt)
  file(READ ${list} text)
  string(REGEX REPLACE "[^\n]*libomp\\.rc (WIN32|libomp\\.rc)[^\n]*\n" "" text "${text}")
  file(WRITE ${list} "${text}")

  # Zig's linker for macOS knows no absolute symbols, and its headers have no sys/syscall.h.
  set(assembly ${root}/openmp/runtime/src/z_Linux_asm.S)
  file(READ ${assembly} text)
  string(REGEX REPLACE "\n(__[a-z_]+) = (-?[0-9]+)" "\n#define \\1 \\2" text "${text}")
  file(WRITE ${assembly} "${text}")
  file(WRITE ${OUT}/headers/macosx/sys/syscall.h "#define SYS_thread_selfid 372\n")
  file(RENAME ${root} ${OUT}/source)
endif()

set(build ${OUT}/build/${RECTIFIER_PLATFORM})
set(arguments)
if(RECTIFIER_PLATFORM MATCHES "^macosx")
  list(APPEND arguments -DCMAKE_C_FLAGS=-I${OUT}/headers/macosx -DCMAKE_CXX_FLAGS=-I${OUT}/headers/macosx)
elseif(RECTIFIER_PLATFORM MATCHES "^windows")
  find_program(MASM NAMES llvm-ml llvm-ml-19 llvm-ml-16 llvm-ml-15 llvm-ml-14 REQUIRED)
  list(APPEND arguments -DCMAKE_ASM_MASM_COMPILER=${MASM} -DLIBOMP_ASMFLAGS=-m64)
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -S ${OUT}/source/openmp -B ${build} -G Ninja
  -DCMAKE_TOOLCHAIN_FILE=${CMAKE_CURRENT_LIST_DIR}/zig.cmake -DRECTIFIER_PLATFORM=${RECTIFIER_PLATFORM}
  -DRECTIFIER_ZIG=${RECTIFIER_ZIG} -DCMAKE_BUILD_TYPE=MinSizeRel -DOPENMP_STANDALONE_BUILD=ON
  -DOPENMP_ENABLE_LIBOMPTARGET=OFF -DOPENMP_ENABLE_OMPT_TOOLS=OFF -DLIBOMP_OMPT_SUPPORT=OFF -DLIBOMP_OMPD_SUPPORT=OFF
  -DLIBOMP_USE_HWLOC=OFF -DLIBOMP_INSTALL_ALIASES=OFF -DOPENMP_LLVM_TOOLS_DIR=/usr/bin
  -DLLVM_DEFAULT_TARGET_TRIPLE=${RECTIFIER_PLATFORM} ${arguments}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${build} --target omp COMMAND_ERROR_IS_FATAL ANY)

file(GLOB results ${build}/runtime/src/libomp.so ${build}/runtime/src/libomp.dll* ${build}/runtime/src/libomp.dylib
  ${build}/runtime/src/omp.h)
file(COPY ${results} DESTINATION ${OUT}/${RECTIFIER_PLATFORM})
