package org.nbdcore.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The C library's calls about sockets, for kinds that Java does not have. Those that do not throw
 * return -1 where they fail; {@link ErrorText#last} then tells why. Loading this class loads JNA.
 */
public final class SocketCalls {

  /** A family: Unix sockets. */
  public static final int AF_UNIX = 1;

  /** A family: IPv4. */
  public static final int AF_INET = 2;

  /** A family: IPv6. */
  public static final int AF_INET6 = 10;

  /** A family: between virtual machines and their host. */
  public static final int AF_VSOCK = 40;

  /** A kind: streams of bytes. */
  public static final int SOCK_STREAM = 1;

  /** A kind: messages. */
  public static final int SOCK_DGRAM = 2;

  /** Added to a kind: not for the programs that this one starts. */
  public static final int SOCK_CLOEXEC = 0x80000;

  /** The level of options of all sockets. */
  public static final int SOL_SOCKET = 1;

  /** The option that tells the kind. */
  public static final int SO_TYPE = 3;

  /** The option for how long to wait, a {@code struct timeval}. */
  public static final int SO_RCVTIMEO = 20;

  /** The option that tells whether a socket listens. */
  public static final int SO_ACCEPTCONN = 30;

  /** The option that tells the family. */
  public static final int SO_DOMAIN = 39;

  /** The level of options of IPv6. */
  public static final int IPPROTO_IPV6 = 41;

  /** The option that keeps IPv4 out. */
  public static final int IPV6_V6ONLY = 26;

  /** The option that tells how long closing waits, two numbers. */
  static final int SO_LINGER = 13;

  /** The option that tells who is at the other end of a Unix socket, three numbers. */
  static final int SO_PEERCRED = 17;

  /** For {@link #send}: an error rather than a signal where nobody receives. */
  public static final int MSG_NOSIGNAL = 0x4000;

  /** For {@link #shutdown}: neither receives nor sends any more. */
  public static final int SHUT_RDWR = 2;

  static {
    Native.register(SocketCalls.class, NativeLibrary.getProcess());
  }

  private SocketCalls() {}

  /** Makes a socket. */
  public static native int socket(int family, int type, int protocol);

  /** Connects a socket to an address. */
  public static native int connect(int socket, Pointer address, int length);

  /** Reads an option. */
  public static native int getsockopt(int socket, int level, int name, int[] value, int[] length);

  /** Sets an option. */
  public static native int setsockopt(int socket, int level, int name, int[] value, int length);

  /** Gives a socket its address. */
  public static native int bind(int socket, Pointer address, int length);

  /** Begins to listen. */
  public static native int listen(int socket, int backlog);

  /** The peer's address is left out. */
  public static native int accept4(int socket, Pointer address, Pointer length, int flags);

  /** Its lengths are size_t; what is sent here is short enough for either. */
  public static native long sendto(
      int socket, byte[] bytes, long length, int flags, Pointer address, int addressLength);

  /** Receives. */
  public static native long read(int descriptor, Pointer buffer, long length)
      throws LastErrorException;

  /** Sends. */
  public static native long send(int descriptor, Pointer buffer, long length, int flags)
      throws LastErrorException;

  /** Ends a connection, which wakes who waits for it. */
  public static native int shutdown(int descriptor, int how) throws LastErrorException;

  /**
   * Reads an option that is made of as many numbers as {@code value} has room for.
   *
   * @return whether there is such an option
   */
  static boolean option(int socket, int name, int[] value) {
    int[] length = {value.length * Integer.BYTES};
    return getsockopt(socket, SOL_SOCKET, name, value, length) == 0
        && length[0] == value.length * Integer.BYTES;
  }

  /** An option that is a number, or -1 if the descriptor has none such. */
  public static int option(int socket, int name) {
    int[] value = new int[1];
    return option(socket, name, value) ? value[0] : -1;
  }
}
