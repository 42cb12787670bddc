package org.nbdcore.cli;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** The system calls that the command line needs and Java lacks. Loading this class loads JNA. */
@SuppressWarnings("checkstyle:MethodName") // the names are the library's
final class LibC {

  static final int SIGINT = 2;
  static final int SIGTERM = 15;
  static final int O_RDWR = 2;
  static final int F_SETFD = 2;
  static final int FD_CLOEXEC = 1;
  static final int PR_SET_PDEATHSIG = 1;

  static {
    Native.register(LibC.class, "c");
  }

  private LibC() {}

  static native int setsid();

  static native int open(String path, int flags);

  static native int dup2(int from, int to);

  static native int close(int descriptor);

  /** Its length is a size_t; what is written here is short enough for either. */
  static native long write(int descriptor, byte[] bytes, long length);

  /** {@code handler} is null for SIG_DFL. */
  static native Pointer signal(int number, Pointer handler);

  static native int prctl(int option, long argument);

  static native int getppid();

  static native int fcntl(int descriptor, int command, int argument);

  /** Anonymous memory with a file descriptor; it is freed with its last descriptor. */
  static native int memfd_create(String name, int flags);

  static native int setenv(String name, String value, int overwrite);

  static native String strerror(int error);

  static native int mlockall(int flags);

  /** {@code limits} are the soft and the hard one. */
  static native int setrlimit(int resource, long[] limits);

  /** {@code arguments} is an array of C strings that ends with a null pointer. */
  static native int execv(String path, Pointer arguments);
}
