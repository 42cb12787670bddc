package org.nbdcore.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The C library's calls about this process and its children. Those that do not throw return -1
 * where they fail; {@link ErrorText#last} then tells why. Loading this class loads JNA.
 */
public final class ProcessCalls {

  /** What Ctrl+C sends. */
  public static final int SIGINT = 2;

  /** What asks a process to end. */
  public static final int SIGTERM = 15;

  /** For {@link #open}: for reading and writing. */
  public static final int O_RDWR = 2;

  /** For {@link #fcntl}: set the flags of the descriptor. */
  public static final int F_SETFD = 2;

  /** For {@link #F_SETFD}: not for the programs that this one starts. */
  public static final int FD_CLOEXEC = 1;

  /** For {@link #clock_gettime}: a clock that is never set. */
  public static final int CLOCK_MONOTONIC = 1;

  /** For {@link #prctl}: a signal for when the parent ends. */
  public static final int PR_SET_PDEATHSIG = 1;

  static {
    Native.register(ProcessCalls.class, NativeLibrary.getProcess());
  }

  private ProcessCalls() {}

  /** Begins a session of its own. */
  public static native int setsid();

  /** Opens a file. */
  public static native int open(String path, int flags);

  /** Copies a descriptor to a number. */
  public static native int dup2(int from, int to);

  /** Closes a descriptor. */
  public static native int close(int descriptor);

  /** Its length is a size_t; what is written here is short enough for either. */
  public static native long write(int descriptor, byte[] bytes, long length);

  /** {@code handler} is null for SIG_DFL. */
  public static native Pointer signal(int number, Pointer handler);

  /** Changes a property of the process. */
  public static native int prctl(int option, long argument);

  /** The number of the process that started this one. */
  public static native int getppid();

  /** Reads a clock into {seconds, nanoseconds}. */
  public static native int clock_gettime(int clock, long[] time);

  /** Changes a property of a descriptor. */
  public static native int fcntl(int descriptor, int command, int argument);

  /** Memory that can be read and written as a file, and goes with its last descriptor. */
  public static native int memfd_create(String name, int flags);

  /** Sets a variable of the C library's environment. */
  public static native int setenv(String name, String value, int overwrite);

  /** Keeps all memory out of the swap. */
  public static native int mlockall(int flags);

  /** {@code limits} are the soft and the hard one. */
  public static native int setrlimit(int resource, long[] limits);

  /** {@code arguments} is an array of C strings that ends with a null pointer. */
  public static native int execv(String path, Pointer arguments);

  /** The number of this process. */
  public static native int getpid();

  /** Returns an error number. {@code arguments} and {@code environment} end with null pointers. */
  public static native int posix_spawn(
      int[] pid,
      String path,
      Pointer actions,
      Pointer attributes,
      Pointer arguments,
      Pointer environment);

  /** Makes an empty list of what a child is to do before it begins. */
  public static native int posix_spawn_file_actions_init(Pointer actions);

  /** Adds a {@code dup2}. */
  public static native int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

  /** Adds a {@code close}. */
  public static native int posix_spawn_file_actions_addclose(Pointer actions, int descriptor);

  /** Frees the list. */
  public static native int posix_spawn_file_actions_destroy(Pointer actions);

  /** Asks for a child that has ended, or waits for it. */
  public static native int waitpid(int pid, int[] status, int options) throws LastErrorException;
}
