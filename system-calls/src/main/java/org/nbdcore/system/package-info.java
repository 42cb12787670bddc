/** What the operating system can do and Java cannot, by way of JNA, which is loaded when needed. */
package org.nbdcore.system;
