/* Keys of every kind that certificates of odd shapes need, the weak and the unheard of too. */
#include <pthread.h>
#include <stddef.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "shape.h"
#include "sockets.h"

#define STEP_BITS 498
#define PRIMES 32 /* of 505 to 512 bits */

static EVP_PKEY *make_curve(const char *curve)
{
	EVP_PKEY *key = EVP_EC_gen(curve);

	if (!key)
		give_up(curve);
	return key;
}

static EVP_PKEY *make_explicit(void)
{
	EVP_PKEY *key = make_curve("P-256");
	char form[] = OSSL_PKEY_EC_ENCODING_EXPLICIT;

	if (EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, form) != 1)
		give_up("explicit parameters");
	return key;
}

/*
 * The modulus is a product of primes 2km + 1 with one m and many small k. That makes the order of every number, and with it the
 * secret exponent, so short that even signing takes no time; whoever checks a signature sees no difference.
 */
static void multiply_primes(BIGNUM *modulus, BIGNUM *order, BN_CTX *room)
{
	BIGNUM *step = BN_new(), *prime = BN_new();
	unsigned primes = 0;

	if (!BN_generate_prime_ex(step, STEP_BITS, 0, NULL, NULL, NULL) || !BN_lshift1(step, step) || !BN_copy(order, step))
		give_up("prime");
	BN_one(modulus);
	for (BN_ULONG factor = 1; primes < PRIMES; factor++) {
		if (!BN_copy(prime, step) || !BN_mul_word(prime, factor) || !BN_add_word(prime, 1))
			give_up("candidate");
		if (BN_check_prime(prime, room, NULL) != 1)
			continue;
		if (!BN_mul(modulus, modulus, prime, room) || !BN_mul_word(order, factor))
			give_up("product");
		primes++;
	}
	BN_free(step);
	BN_free(prime);
}

static EVP_PKEY *from_numbers(const BIGNUM *modulus, const BIGNUM *exponent, const BIGNUM *secret)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;

	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_D, secret);
	OSSL_PARAM *numbers = OSSL_PARAM_BLD_to_param(builder);
	if (EVP_PKEY_fromdata_init(context) != 1 || EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, numbers) != 1)
		give_up("RSA");
	OSSL_PARAM_free(numbers);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(context);
	return key;
}

/* As large as libcrypto takes. */
static EVP_PKEY *make_huge(void)
{
	BN_CTX *room = BN_CTX_new();
	BIGNUM *modulus = BN_new(), *order = BN_new(), *exponent = BN_new();

	multiply_primes(modulus, order, room);
	BN_set_word(exponent, RSA_F4);
	BIGNUM *secret = BN_mod_inverse(NULL, exponent, order, room);
	EVP_PKEY *key = from_numbers(modulus, exponent, secret);
	BN_free(modulus);
	BN_free(order);
	BN_free(exponent);
	BN_free(secret);
	BN_CTX_free(room);
	return key;
}

static EVP_PKEY *make_rsa(unsigned bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);

	if (!key)
		give_up("RSA");
	return key;
}

static EVP_PKEY *make_key(enum shape_key kind)
{
	switch (kind) {
	case SHAPE_P384:
		return make_curve("P-384");
	case SHAPE_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	case SHAPE_ED448:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
	case SHAPE_RSA_512:
		return make_rsa(512);
	case SHAPE_RSA_1024:
		return make_rsa(1024);
	case SHAPE_RSA_2048:
		return make_rsa(2048);
	case SHAPE_RSA_16384:
		return make_huge();
	case SHAPE_SECP256K1:
		return make_curve("secp256k1");
	case SHAPE_BRAINPOOL:
		return make_curve("brainpoolP256r1");
	case SHAPE_EXPLICIT:
		return make_explicit();
	default:
		return make_curve("P-256");
	}
}

static struct {
	pthread_mutex_t lock;
	/* guarded by lock */
	EVP_PKEY *list[SHAPE_KEYS];
} keys = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void __attribute__((destructor)) free_keys(void)
{
	for (int i = 0; i < SHAPE_KEYS; i++)
		EVP_PKEY_free(keys.list[i]);
}

EVP_PKEY *shape_key(enum shape_key kind)
{
	pthread_mutex_lock(&keys.lock);
	if (!keys.list[kind])
		keys.list[kind] = make_key(kind);
	EVP_PKEY *key = keys.list[kind];
	pthread_mutex_unlock(&keys.lock);
	return key;
}
