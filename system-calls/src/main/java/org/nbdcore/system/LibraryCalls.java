package org.nbdcore.system;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The C library's calls for programs that load another library and receive its callbacks: the
 * dynamic loader, executable memory, signal handlers, pipes and C formats. Those that return an int
 * return -1 if they fail; {@link ErrorText#last} then tells why. Loading this class loads JNA.
 */
public final class LibraryCalls {

  /** For {@link #dlopen}: resolves all symbols at once. */
  public static final int RTLD_NOW = 2;

  /** For {@link #mmap} and {@link #mprotect}. */
  public static final int PROT_READ_WRITE = 3;

  /** For {@link #mmap} and {@link #mprotect}. */
  public static final int PROT_READ_EXEC = 5;

  /** For {@link #mmap}: memory of this process, without a file. */
  public static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  /** For {@link #pipe2}: child processes do not inherit the descriptors. */
  public static final int O_CLOEXEC = 0x80000;

  static {
    Native.register(LibraryCalls.class, NativeLibrary.getProcess());
  }

  private LibraryCalls() {}

  /** Loads a library. Returns null if that fails; {@link #dlerror} then tells why. */
  public static native Pointer dlopen(String file, int flags);

  /** Why the last call of the dynamic loader by this thread failed. */
  public static native String dlerror();

  /** The address of a symbol, or null if the library has none of this name. */
  public static native Pointer dlsym(Pointer library, String symbol);

  /** Fills in a {@code Dl_info} about an address. Returns 0 if no library has it. */
  public static native int dladdr(Pointer address, Pointer info);

  /** Maps memory. Returns the address -1 if that fails. */
  public static native Pointer mmap(
      Pointer at, long size, int protection, int flags, int descriptor, long offset);

  /** Changes the protection of mapped memory. */
  public static native int mprotect(Pointer at, long size, int protection);

  /** Sets a signal handler; {@code action} and {@code old} are {@code struct sigaction} or null. */
  public static native int sigaction(int signal, Pointer action, Pointer old);

  /** Creates a pipe; {@code ends} receives its two descriptors, an int each. */
  public static native int pipe2(Pointer ends, int flags);

  /** Reads from a descriptor. */
  public static native long read(int descriptor, Pointer buffer, long size);

  /** Creates a key for data of threads. Returns an error number, 0 for none. */
  public static native int pthread_key_create(Pointer key, Pointer destructor);

  /** Formats a {@code va_list}. Returns the length of the whole text. */
  public static native int vsnprintf(Pointer buffer, long size, Pointer format, Pointer args);
}
