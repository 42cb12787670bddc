package org.nbdcore.plugin.nbd;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** The system calls that Java lacks. Loading this class loads JNA. */
final class LibC {

  static final int AF_UNIX = 1;
  static final int SOCK_STREAM = 1;
  static final int MSG_NOSIGNAL = 0x4000;
  static final int SHUT_RDWR = 2;

  static {
    Native.register(LibC.class, NativeLibrary.getProcess());
  }

  private LibC() {}

  static native int getpid();

  static native long read(int descriptor, Pointer buffer, long length) throws LastErrorException;

  static native long send(int descriptor, Pointer buffer, long length, int flags)
      throws LastErrorException;

  static native int shutdown(int descriptor, int how) throws LastErrorException;

  static native int close(int descriptor) throws LastErrorException;

  static native int socket(int domain, int type, int protocol) throws LastErrorException;

  static native int bind(int descriptor, byte[] address, int length) throws LastErrorException;

  static native int listen(int descriptor, int backlog) throws LastErrorException;

  /** Returns an error number. {@code arguments} and {@code environment} end with null pointers. */
  static native int posix_spawn(
      int[] pid,
      String path,
      Pointer actions,
      Pointer attributes,
      Pointer arguments,
      Pointer environment);

  static native int posix_spawn_file_actions_init(Pointer actions);

  static native int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

  static native int posix_spawn_file_actions_addclose(Pointer actions, int descriptor);

  static native int posix_spawn_file_actions_destroy(Pointer actions);

  static native int waitpid(int pid, int[] status, int options) throws LastErrorException;

  static native String strerror(int number);
}
