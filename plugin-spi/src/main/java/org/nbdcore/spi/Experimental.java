package org.nbdcore.spi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a type, method, field or package that may change in any release. Everything else that is
 * public in {@code org.nbdcore.spi} is stable: it changes only together with {@link
 * SpiVersion#CURRENT}. The server's API for embedding, the client and the testkit use this mark
 * too.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PACKAGE, ElementType.TYPE, ElementType.FIELD, ElementType.METHOD})
public @interface Experimental {}
