<?php

// Tables of the endpoint's pure functions: `php php/tests/tables.php` prints what fails, and how many hold.

declare(strict_types=1);

namespace Leadkeep;

require dirname(__DIR__) . '/leadkeep.php';

$failed = 0;
$held = 0;
$check = function (string $what, mixed $seen, mixed $wanted) use (&$failed, &$held): void {
    if ($seen === $wanted) {
        $held++;
        return;
    }
    $failed++;
    echo "$what: expected ", var_export($wanted, true), ', is ', var_export($seen, true), "\n";
};

// A card number is found wherever it stands, in the digits of any script; telephone and order numbers are kept.
$cards = ['4111111111111111', '4111 1111 1111 1111', '4111-1111-1111-1111', '4111.1111.1111.1111', '4111 – 1111 1111 1111',
    '４１１１１１１１１１１１１１１１', '٤١١١١١١١١١١١١١١١', '5555555555554444', '2223003122003222', '378282246310005', '3782 822463 10005',
    '6011111111111117', '30569309025904', '3530111333300000', '6304000000000000', 'my card: 4111 1111 1111 1111, thanks',
    '4111 1111 1111 1111 12/27 123', '12 4111 1111 1111 1111', '41111111111111111227123', '4111a 4111111111111111',
    '+49 151 12345678, 4111 1111 1111 1111', "4111\u{AD}1111\u{AD}1111\u{AD}1111", '4111    1111    1111    1111'];
$kept = ['', '4111111111111112', '+4111111111111111', '+4111 1111 1111 1111', '+ 49 151 2345 6789 012', '004915123456789',
    '123456789012345', '(555) 010-9988', '10117', 'DE89 3704 0044 0532 0130 00', '2026-11-22 10:00:00', '9999 9999 9999 9999',
    '1111 1111 1111 1117', 'Musterstraße 4, 1111 Wien', '4006381333931'];
foreach ($cards as $text) {
    $check("a card number in $text", holds_card($text), true);
}
foreach ($kept as $text) {
    $check("no card number in $text", holds_card($text), false);
}

$addresses = ['ada@example.com' => true, 'jane@mail.internationalbusiness.com' => true, 'jane@a.b.example.com' => true,
    "o'neil+news@example.photography" => true, '用户@例子.公司' => true, 'ada@xn--fsq.xn--p1ai' => true, '' => false, '@' => false,
    'ada' => false, 'ada@' => false, '@example.com' => false, 'ada@example' => false, 'ada@example.' => false, 'ada@.com' => false,
    'ada@example..com' => false, 'ada@example.c' => false, 'ada@127.0.0.1' => false, 'ada@-example.com' => false,
    'ada lovelace@example.com' => false, 'ada@example.com,bob@example.com' => false, 'ada@bob@example.com' => false,
    'Ada <ada@example.com>' => false, str_repeat('a', 65) . '@example.com' => false, 'a@' . str_repeat('b', 250) . '.com' => false];
foreach ($addresses as $text => $wanted) {
    $check("an address: $text", is_email((string) $text), $wanted);
}

$date = '20050303123434';
$receipt = ['1', 'Software program', $date, $date];
$notification = ['1000037', 'cart-7f3a', 'COMPLETE', 'Zoë', '', 'zoe@example.com', '1', 'Software program', '0', $date];
$check('md5 of the page of 2Checkout', signature('md5', $receipt, 'AABBCCDDEEFF'), '7bf97ed39681027d0c45aa45e3ea98f0');
$check('sha256 of a receipt', signature('sha256', $receipt, 'AABBCCDDEEFF'), 'ea6f44c39b3d204b59500998fcb9221c92744d9721a94b45fc6d5cda99980176');
$check('sha256 of a notification', signature('sha256', $notification, 'AABBCCDDEEFF'), 'f858cd6762576650fcf81b2a19529d29c42d493164fa9a72aff08d4459f4875b');
$check('sha3-256 of a notification', signature('sha3-256', $notification, 'AABBCCDDEEFF'), 'fef6796e57d0d228106a4373d637511df7faee432a31974958aca70b422d18e1');
$check('sha256 of an API call', signature('sha256', ['AVANGATE', '2010-05-13 12:12:12'], 'SECRET_KEY'), '29e85dbf92ce0113e7755c31c0438a7db98a4de9f910bf0a527e005f35e43739');

// Any order and any repetition of changes ends the same.
$changes = [[1, 'a'], [2, null], [2, 'b'], [2, 'c'], [1, 'z'], [0, null]];
for ($round = 0; $round < 200; $round++) {
    $cart = new Cart('id', 'hash', 0);
    $order = [...$changes, $changes[$round % 6]];
    shuffle($order);
    foreach ($order as [$at, $value]) {
        $cart->merge('BillingDetails.City', $at, $value);
    }
    $check('merged in another order', $cart->state['BillingDetails.City'], [2, 'c']);
}

[$good, $dropped] = judged([
    'BillingDetails.City' => ['value' => '  Turin ', 'at' => 3], 'BillingDetails.Company' => ['value' => '4111 1111 1111 1111', 'at' => 3],
    'BillingDetails.CVC' => ['value' => '123', 'at' => 3], 'BillingDetails.CountryCode' => ['value' => 'uk', 'at' => 3],
    'BillingDetails.FirstName' => ['value' => 'win at https://evil.example', 'at' => 3], 'Currency' => ['value' => null, 'at' => 3],
    'BillingDetails.LastName' => ['value' => "Love\u{202E}lace\u{200B}\n", 'at' => 3],
    'Items' => ['value' => [['Code' => 'A', 'Quantity' => '2', 'Price' => ['Amount' => '-5'], 'artikel' => 'x']], 'at' => 3],
]);
$check('what enters', $good, ['BillingDetails.City' => [3, 'Turin'], 'BillingDetails.Company' => [3, null],
    'BillingDetails.CountryCode' => [3, 'GB'], 'BillingDetails.LastName' => [3, 'Lovelace'], 'Items' => [3, [['Code' => 'A', 'Quantity' => 2]]]]);
$check('what does not', $dropped, ['BillingDetails.Company', 'BillingDetails.CVC', 'BillingDetails.FirstName', 'Currency']);

$check('a sale in a zone', sold_ms('2020-01-01 12:00:00', 'GMT+02:00'), 1_577_872_800_999);
$check('a sale without a zone has two days of grace', sold_ms('2020-01-01 12:00:00', ''), 1_577_880_000_999 + 2 * DAY_MS);
$check('a sale in the future is one of now', abs(sold_ms('2999-01-01 12:00:00', 'GMT') - now_ms()) < 60_000, true);

echo "$held held, $failed failed\n";
exit($failed === 0 ? 0 : 1);
